package javax.annotation;

/** The one class that the generator's jar lacks; Maven takes it from jakarta.annotation-api. */
public @interface Generated {
    String[] value();

    String date() default "";

    String comments() default "";
}
